import type { MadeSplit } from '../../store/datasets.ts';
import type { Preset } from '../presets.ts';
import type { Split } from '../split.ts';

/** `lists` are the text files of some published datasets. */
export type DatasetFormat = 'coop' | 'folders' | 'csv' | 'lists';

/** What a reader makes of a file or folder: who is in which list, and where the pictures are. */
export type Listing = {
  format: DatasetFormat;
  /** The file or folder it was read from. */
  source: string;
  /** Where sidecars are looked for. */
  folder: string;
  /** Name if nobody gives another. */
  name: string;
  imageRoot: string;
  split: Split;
  /** Files passed over, relative to the image root. */
  skipped: string[];
  madeSplit: MadeSplit | null;
  preset: Preset | null;
  /** The paths were read from the folders, so the files are there under these names. */
  walked: boolean;
};

export type ReadOptions = {
  /** Folder that the paths start from, absolute. */
  images?: string | undefined;
  /** For a split that the source does not tell. */
  madeSplit: MadeSplit;
  /** A class folder without pictures stays a class, of which only the text is known. */
  keepEmpty?: boolean | undefined;
  signal?: AbortSignal | undefined;
};

/** One layout. Throws FaptErrors that name what is wrong with the source. */
export type Reader = (path: string, options: ReadOptions) => Promise<Listing>;
