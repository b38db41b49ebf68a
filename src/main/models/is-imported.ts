/** Whether a run's environment is that of prompts which were trained elsewhere and imported here. */
export function isImported(environment: unknown): boolean {
  return typeof environment === 'object' && environment !== null && 'imported' in environment;
}
