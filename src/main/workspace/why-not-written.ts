import { messageOf } from '../../shared/errors.ts';

/** What the codes of the operating system mean to a person. */
const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the disk is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  ENOENT: 'its folder cannot be made',
  ENAMETOOLONG: 'its name is too long',
};

/** Why a file could not be written, in the words of a person. */
export function whyNotWritten(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  return (code && REASONS[code]) || messageOf(cause);
}
