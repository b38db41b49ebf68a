/// <reference types="vite/client" />

/** Set by the build from package.json. */
declare const __APPLICATION_VERSION__: string;
