import { serveParent } from '../../../src/engine/service/serve-parent.ts';
import { doubles } from './doubles.ts';

serveParent(doubles);
