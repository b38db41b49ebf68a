import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { engineContract } from '../../shared/engine-rpc.ts';
import { FaptError } from '../../shared/errors.ts';
import type { PipePort } from '../../shared/pipe-port.ts';
import { wireTypes } from '../../shared/wire-types.ts';
import type { EngineFunctions } from './functions.ts';

import { failureOf, Tickets } from './streams.ts';

/** Errors keep their code and sentence on the way to the parent. */
const engine = implement(engineContract).use(async ({ next, errors }) => {
  try {
    return await next();
  } catch (error) {
    if (!(error instanceof FaptError)) console.error(error);
    const { code, message } = failureOf(error);
    throw errors.FAPT({ message, data: { code }, cause: error });
  }
});

function createRouter(functions: EngineFunctions) {
  const tickets = new Tickets();
  return engine.router({
    train: engine.train.handler(({ input, signal }) =>
      tickets.run(input.ticket, signal, (stop) => functions.train(input.job, stop)),
    ),
    evaluate: engine.evaluate.handler(({ input, signal }) =>
      tickets.run(input.ticket, signal, (stop) => functions.evaluate(input.job, stop)),
    ),
    probe: engine.probe.handler(({ input, signal }) =>
      tickets.run(input.ticket, signal, (stop) => functions.probe(input.job, stop)),
    ),
    stability: engine.stability.handler(({ input, signal }) =>
      tickets.run(input.ticket, signal, (stop) => functions.stability(input.job, stop)),
    ),
    adversarialImages: engine.adversarialImages.handler(({ input, signal }) =>
      tickets.run(input.ticket, signal, (stop) => functions.adversarialImages(input.job, stop)),
    ),
    trace: engine.trace.handler(({ input, signal }) =>
      tickets.run(input.ticket, signal, (stop) => functions.trace(input.job, stop)),
    ),
    noise: engine.noise.handler(({ input, signal }) =>
      tickets.run(input.ticket, signal, (stop) => functions.noise(input.job, stop)),
    ),
    cancel: engine.cancel.handler(({ input }) => tickets.cancel(input.ticket)),
    attribute: engine.attribute.handler(({ input }) => functions.attribute(input)),
    predict: engine.predict.handler(({ input }) => functions.predict(input)),
    inspectModel: engine.inspectModel.handler(({ input }) => functions.inspectModel(input)),
    inspectWeights: engine.inspectWeights.handler(({ input }) =>
      functions.inspectWeights(input.path),
    ),
    convertWeights: engine.convertWeights.handler(({ input }) => functions.convertWeights(input)),
    importPrompts: engine.importPrompts.handler(({ input }) => functions.importPrompts(input)),
    tokenizeText: engine.tokenizeText.handler(({ input }) =>
      functions.tokenizeText(input.model, input.text),
    ),
    previewPrompts: engine.previewPrompts.handler(({ input }) => functions.previewPrompts(input)),
    inspectPrompts: engine.inspectPrompts.handler(({ input }) => functions.inspectPrompts(input)),
    check: engine.check.handler(({ input }) => functions.check(input)),
    bench: engine.bench.handler(({ input }) => functions.bench(input)),
    doctor: engine.doctor.handler(() => functions.doctor()),
    environment: engine.environment.handler(() => functions.environment()),
    memory: engine.memory.handler(() => ({
      maxRssBytes: process.resourceUsage().maxRSS * 1024,
    })),
  });
}

/** Answers the calls that come in through `port` with `functions`. */
export function serveEngine(port: PipePort, functions: EngineFunctions): void {
  const handler = new RPCHandler(createRouter(functions), {
    customJsonSerializers: wireTypes,
  });
  handler.upgrade(port);
}
