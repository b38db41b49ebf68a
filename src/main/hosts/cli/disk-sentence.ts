import { messageOf } from '../../../shared/errors.ts';

/** What a disk may do at any place of a program, as the system and SQLite name it. */
const DISK_SENTENCES: [code: RegExp, sentence: string][] = [
  [/^(ENOSPC|EDQUOT|SQLITE_FULL)/, 'The disk is full: free some space, then do it again.'],
  [
    /^(EROFS|EACCES|EPERM|SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM)/,
    'A file could not be written: check its permissions, or choose another workspace.',
  ],
  [
    /^(EIO|SQLITE_IOERR)/,
    'The disk does not answer as it should: check it, or choose another workspace.',
  ],
  [
    /^(SQLITE_CORRUPT|SQLITE_NOTADB)/,
    "The workspace's database is damaged: restore it from a backup, or choose another workspace.",
  ],
];

/** The sentence for a failure of the disk, with what the system said; null for any other. */
export function diskSentence(error: unknown): string | null {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (typeof code !== 'string') return null;
  const sentence = DISK_SENTENCES.find(([pattern]) => pattern.test(code))?.[1];
  return sentence ? sentence.replace(':', ` (${messageOf(error)}):`) : null;
}
