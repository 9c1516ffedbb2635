/** Options that say which binary an engine is started from. Some may come from a variable too; see the README's table. */
export interface BinaryOptions {
	/** A binary to use instead of every other source. */
	readonly binaryPath?: string | undefined;
	/** A folder in or below a checkout of Rivet, whose own build is then used. @defaultValue none is looked for */
	readonly cargoRoot?: string | undefined;
	/** @defaultValue that of the installed `@rivetkit/engine-cli`, else the one this package was released with */
	readonly version?: string | undefined;
	/** Whether the binary may be fetched. @defaultValue false */
	readonly autoDownload?: boolean | undefined;
	/** Where releases are fetched from. @defaultValue `https://releases.rivet.dev` */
	readonly releasesEndpoint?: string | readonly string[] | undefined;
	/** Whether releases may be fetched over plain http from beyond this machine. @defaultValue false */
	readonly unsafelyAllowHttp?: boolean | undefined;
}
