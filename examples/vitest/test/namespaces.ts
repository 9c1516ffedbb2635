/** Creates a namespace. Tests that share an engine take names of their own. */
export async function createNamespace(endpoint: string, name: string): Promise<void> {
	const response = await fetch(`${endpoint}/namespaces`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ name, display_name: name }),
	});
	if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

/** The names of all namespaces. */
export async function namespaces(endpoint: string): Promise<string[]> {
	const response = await fetch(`${endpoint}/namespaces`);
	const body = (await response.json()) as { namespaces: { name: string }[] };
	return body.namespaces.map(({ name }) => name);
}
