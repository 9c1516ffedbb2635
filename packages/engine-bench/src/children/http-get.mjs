import http from "node:http";

const [url = ""] = process.argv.slice(2).map((argument) => JSON.parse(argument));
http.get(`${url}/health`, { agent: false }, (response) => {
	let body = "";
	response.setEncoding("utf8").on("data", (chunk) => {
		body += chunk;
	});
	response.on("end", () => {
		if (JSON.parse(body).runtime !== "engine") throw new Error(`No engine answers at ${url}.`);
	});
});
