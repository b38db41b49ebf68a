import { z } from 'zod';

export const TABLE_FORMATS = [
  { id: 'csv', ending: 'csv', type: 'text/csv' },
  { id: 'markdown', ending: 'md', type: 'text/markdown' },
  { id: 'latex', ending: 'tex', type: 'application/x-tex' },
] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number]['id'];
export const tableFormatSchema = z.enum(TABLE_FORMATS.map(({ id }) => id));
