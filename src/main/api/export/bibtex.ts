import { REFERENCES, toBibtex } from '../../../shared/method-references.ts';
import type { Database } from '../../store/database.ts';
import { runsNamed } from './runs-named.ts';

/** BibTeX entries of the methods that these runs used, each once; CLIP's is among them. */
export function bibtexOf(db: Database, ids: readonly string[]): string {
  const methods = ['zero-shot' as const, ...runsNamed(db, ids).map(({ method }) => method)];
  const entries = new Map(
    methods.flatMap((method) => REFERENCES[method]).map((one) => [one.key, one]),
  );
  return `${[...entries.values()].map(toBibtex).join('\n\n')}\n`;
}
