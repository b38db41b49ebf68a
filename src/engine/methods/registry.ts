import type { MethodName } from '../../shared/run-config.ts';
import { advMaple } from './advmaple.ts';
import { advVlp } from './advvlp.ts';
import { advVp } from './advvp.ts';
import { apt } from './apt.ts';
import { cbaFapt } from './cba-fapt.ts';
import { coop } from './coop.ts';
import { fap } from './fap.ts';
import { maple } from './maple.ts';
import type { Method } from './method.ts';
import { tecoa } from './tecoa.ts';
import { tga } from './tga.ts';
import { vpt } from './vpt.ts';

/** Zero-shot CLIP: hand-written prompts, nothing is tuned (methods 3.2). */
const zeroShot: Method = { prompts: 'none', views: 'clean', terms: () => [] };

const IMPLEMENTATIONS: Record<MethodName, Method> = {
  'zero-shot': zeroShot,
  coop,
  apt,
  vpt,
  advvp: advVp,
  advvlp: advVlp,
  maple,
  advmaple: advMaple,
  fap,
  'cba-fapt': cbaFapt,
  tecoa,
  tga,
};

export function methodOf(name: MethodName): Method {
  return IMPLEMENTATIONS[name];
}
