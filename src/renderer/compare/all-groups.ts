import type { RunGroup } from '../../shared/api/runs.ts';
import { api } from '../client/client.ts';

const PAGE = 500;

/** Every configuration of the workspace with its runs, newest first, page after page. */
export async function allGroups(): Promise<RunGroup[]> {
  const groups: RunGroup[] = [];
  for (;;) {
    const page = await api.runs.groups({ offset: groups.length, limit: PAGE });
    groups.push(...page.groups);
    if (page.groups.length === 0 || groups.length >= page.total) return groups;
  }
}
