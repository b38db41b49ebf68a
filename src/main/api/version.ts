import packageJson from '../../../package.json' with { type: 'json' };

/** The application's version, as stored with every run. */
export function applicationVersion(): string {
  return packageJson.version;
}
