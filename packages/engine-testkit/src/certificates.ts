import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A certificate that signs itself, and its key. The key is public and protects nothing. */
export interface CertificateFixture {
	/** PEM. */
	readonly cert: string;
	/** PEM. */
	readonly key: string;
	/** A file with `cert`, for such as `NODE_EXTRA_CA_CERTS`. */
	readonly certPath: string;
}

/** For `localhost`, 127.0.0.1 and ::1, valid until 2130. */
export function selfSigned(): CertificateFixture {
	return readFixture("self-signed");
}

/** For the names of {@link selfSigned}, but its time was over in 2020. */
export function expiredCertificate(): CertificateFixture {
	return readFixture("expired");
}

/** For `elsewhere.test`, where no test server is, valid until 2130. */
export function otherNameCertificate(): CertificateFixture {
	return readFixture("other-name");
}

function readFixture(name: string): CertificateFixture {
	const certPath = fileURLToPath(new URL(`./certificates/${name}.cert.pem`, import.meta.url));
	const keyPath = fileURLToPath(new URL(`./certificates/${name}.key.pem`, import.meta.url));
	return { cert: readFileSync(certPath, "utf8"), key: readFileSync(keyPath, "utf8"), certPath };
}
