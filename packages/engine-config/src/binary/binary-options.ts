/** Options that say which binary an engine is started from. The README's table names the variables of some. */
export interface BinaryOptions {
	/** A binary to use instead of every other source. */
	readonly binaryPath?: string | undefined;
	/** A folder in a checkout of Rivet, whose own build is then used. @defaultValue no checkout is looked for */
	readonly cargoRoot?: string | undefined;
	/** The version of the engine. @defaultValue that of the installed `@rivetkit/engine-cli`, else that with which this package was tested */
	readonly version?: string | undefined;
	/** True if the binary may be downloaded. @defaultValue false */
	readonly autoDownload?: boolean | undefined;
	/** The release servers or folders, in the order in which they are tried. @defaultValue `https://releases.rivet.dev` */
	readonly releasesEndpoint?: string | readonly string[] | undefined;
	/** True if releases may be downloaded over plain http from other machines. @defaultValue false */
	readonly unsafelyAllowHttp?: boolean | undefined;
}
