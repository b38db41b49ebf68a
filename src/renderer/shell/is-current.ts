/** Whether a screen of the sidebar is shown: its own page or one below it. */
export function isCurrent(path: string, screenPath: string): boolean {
  if (screenPath === '/') return path === '/';
  return path === screenPath || path.startsWith(`${screenPath}/`);
}
