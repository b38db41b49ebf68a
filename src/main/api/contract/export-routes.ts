import { fileStem } from '../../../shared/file-stem.ts';
import { figureFile } from '../../export/figure/figure-file.ts';
import { frameFigure } from '../../export/figure/frame-figure.ts';
import { api } from './implementer.ts';

export function exportRoutes() {
  return {
    figure: api.export.figure.handler(async ({ input: { name, format, ...figure } }) => {
      const { bytes, ending, type, missing } = await figureFile(frameFigure(figure), format);
      return { name: `${fileStem(name)}.${ending}`, bytes: new Uint8Array(bytes), type, missing };
    }),
  };
}
