import type { MethodName } from '../../shared/run-config.ts';
import { advMaple } from './advmaple.ts';
import { cbaFapt } from './cba-fapt.ts';
import { fap } from './fap.ts';
import type { Method } from './method.ts';

/** Zero-shot CLIP: hand-written prompts, nothing is tuned (methods 3.2). */
const zeroShot: Method = { prompts: 'none', needsClean: false, terms: () => [] };

const IMPLEMENTATIONS: Record<MethodName, Method> = {
  'zero-shot': zeroShot,
  advmaple: advMaple,
  fap,
  'cba-fapt': cbaFapt,
};

export function methodOf(name: MethodName): Method {
  return IMPLEMENTATIONS[name];
}
