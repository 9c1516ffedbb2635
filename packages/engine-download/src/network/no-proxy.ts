import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";
import { withoutBrackets } from "@rivetkit/engine-core";

/**
 * Whether a list such as `NO_PROXY` names the host of a URL. Its entries are separated by commas or blanks:
 * - `example.com`, `.example.com` and `*.example.com` name a host and all below it; case and a dot at the end do
 *   not matter;
 * - `10.0.0.7`, `::1` and `[::1]` name an address, `10.0.0.0/8`, `fd00::/8` and `[fd00::]/8` a network. An address
 *   is compared with the host as the URL has it; no name is looked up. `10.0.0.7` and
 *   `::ffff:10.0.0.7` are the same;
 * - each of these with a port, `example.com:8443` or `[::1]:8443`, names that port only;
 * - `*` names everything.
 *
 * An entry that is none of these names nothing.
 *
 * @see https://everything.curl.dev/usingcurl/proxies/env.html, which knows no ports and no `*.`
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

/** An IPv6 address has colons of its own, and so a port only where it has brackets. */
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
	// A URL has its host's name in lower case and ASCII already.
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
	// A zone has no place in a URL, and not every version of Node takes one.
	if (type === undefined || network.includes("%")) return false;
	const list = new BlockList();
	if (bits === undefined) list.addAddress(network, type);
	else if (Number(bits) <= LONGEST_PREFIX[type]) list.addSubnet(network, Number(bits), type);
	return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** By what `isIP` answers. */
const ADDRESS_TYPES: Readonly<Record<number, "ipv4" | "ipv6">> = { 4: "ipv4", 6: "ipv6" };

const LONGEST_PREFIX = { ipv4: 32, ipv6: 128 } as const;
