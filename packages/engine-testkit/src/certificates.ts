import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A certificate that signs itself, and its key. The key is public and protects nothing. */
export interface CertificateFixture {
	/** PEM. */
	readonly cert: string;
	/** PEM. */
	readonly key: string;
	/** The path of a file with `cert`, for example for `NODE_EXTRA_CA_CERTS`. */
	readonly certPath: string;
}

/** Returns a certificate for `localhost`, 127.0.0.1 and ::1 that is valid until 2130. */
export function selfSigned(): CertificateFixture {
	return readFixture("self-signed");
}

/** Returns a certificate for the names of {@link selfSigned} that has expired in 2020. */
export function expiredCertificate(): CertificateFixture {
	return readFixture("expired");
}

/** Returns a certificate for `elsewhere.test`, which is no test server, that is valid until 2130. */
export function otherNameCertificate(): CertificateFixture {
	return readFixture("other-name");
}

function readFixture(name: string): CertificateFixture {
	const certPath = fileURLToPath(new URL(`./certificates/${name}.cert.pem`, import.meta.url));
	const keyPath = fileURLToPath(new URL(`./certificates/${name}.key.pem`, import.meta.url));
	return { cert: readFileSync(certPath, "utf8"), key: readFileSync(keyPath, "utf8"), certPath };
}
