/** Options that select the binary of an engine. Some have environment variables: see the README's table. */
export interface BinaryOptions {
	/** A binary to use instead of every other source. */
	readonly binaryPath?: string | undefined;
	/** A folder in a checkout of Rivet; the engine that was built there is used. @defaultValue no checkout is looked for */
	readonly cargoRoot?: string | undefined;
	/** The version of the engine. @defaultValue the version of the installed `@rivetkit/engine-cli`, else the version that was tested with this package */
	readonly version?: string | undefined;
	/** True if the binary may be downloaded. @defaultValue false */
	readonly autoDownload?: boolean | undefined;
	/** The release servers or folders, in the order in which they are tried. @defaultValue `https://releases.rivet.dev` */
	readonly releasesEndpoint?: string | readonly string[] | undefined;
	/** True if releases may be downloaded over plain http from other machines. @defaultValue false */
	readonly unsafelyAllowHttp?: boolean | undefined;
}
