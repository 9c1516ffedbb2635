import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";
import { withoutBrackets } from "@rivetkit/engine-core";

/**
 * Returns whether a list such as `NO_PROXY` names the host of a URL. Commas or blanks separate the entries of the list:
 * - `example.com`, `.example.com` and `*.example.com` name a host and all hosts below it. Upper case and a dot at the
 *   end are ignored.
 * - `10.0.0.7`, `::1` and `[::1]` name an address; `10.0.0.0/8`, `fd00::/8` and `[fd00::]/8` name a network. Such an
 *   entry only matches an address in the URL; host names are not looked up. `10.0.0.7` and `::ffff:10.0.0.7` are equal.
 * - An entry with a port, such as `example.com:8443` or `[::1]:8443`, names that port only.
 * - `*` names every host.
 *
 * Any other entry matches nothing.
 *
 * @see https://everything.curl.dev/usingcurl/proxies/env.html, but curl knows neither ports nor `*.`
 */
export function isExcluded(url: URL, list: string): boolean {
	const host = withoutBrackets(url.hostname);
	const port = url.port || (url.protocol === "https:" ? "443" : "80");
	return list.split(/[\s,]+/).some((entry) => {
		if (entry === "*") return true;
		const named = splitPort(entry);
		if (named.port !== undefined && Number(named.port) !== Number(port)) return false;
		return isIP(host) === 0 ? isBelow(host, named.host) : isWithin(host, named.host);
	});
}

/** Splits an entry into host and port. An IPv6 address contains colons, so it can have a port only if it has brackets. */
function splitPort(entry: string): { readonly host: string; readonly port: string | undefined } {
	const bracketed = /^\[(?<address>[^\]]+)\](?<network>\/\d+)?(?::(?<port>\d+))?$/.exec(entry)?.groups;
	if (bracketed !== undefined) {
		return { host: `${bracketed["address"]}${bracketed["network"] ?? ""}`, port: bracketed["port"] };
	}
	const [, host = entry, port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
	return { host, port };
}

function isBelow(host: string, named: string): boolean {
	const name = named.replace(/^\*?\./, "");
	if (!/^[\p{L}\p{M}\p{N}._-]+$/u.test(name)) return false;
	// The URL parser has already converted the host to lower-case ASCII. The entry is converted here.
	const domain = withoutLastDot(domainToASCII(name));
	const asked = withoutLastDot(host);
	return domain !== "" && (asked === domain || asked.endsWith(`.${domain}`));
}

function withoutLastDot(name: string): string {
	return name.replace(/\.$/, "");
}

function isWithin(address: string, named: string): boolean {
	const [, network = named, bits] = /^([^/]+)\/(\d{1,3})$/.exec(named) ?? [];
	const type = ADDRESS_TYPES[isIP(network)];
	// A URL cannot contain a zone, as in `fe80::1%eth0`, and some versions of Node refuse one in a block list.
	if (type === undefined || network.includes("%")) return false;
	const list = new BlockList();
	if (bits === undefined) list.addAddress(network, type);
	else if (Number(bits) <= LONGEST_PREFIX[type]) list.addSubnet(network, Number(bits), type);
	return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** Types of addresses for `BlockList`, by the number that `isIP` gives. */
const ADDRESS_TYPES: Readonly<Record<number, "ipv4" | "ipv6">> = { 4: "ipv4", 6: "ipv6" };

const LONGEST_PREFIX = { ipv4: 32, ipv6: 128 } as const;
