import about from '../package.json' with { type: 'json' };

/** What this program calls its version, on the command line and in the answers to the plugin. */
export const VERSION = about.version;
