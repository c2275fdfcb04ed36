/** Version of the relayer SDK that the browser loads; scripts/bundle-fhe.ts refuses to bundle another. */
export const sdkVersion = "0.4.3";

/** Where the site serves the bundled SDK. The folder's name changes with the version, so it may be cached for ever. */
export const bundledSdkUrl = `/fhe/${sdkVersion}/`;
