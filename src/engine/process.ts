import { numerics } from './service/numerics.ts';
import { serveParent } from './service/serve-parent.ts';

serveParent(numerics);
