import { randomUUID } from 'node:crypto';
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { EngineFunctions } from '../../engine/service/functions.ts';
import type { engineContract } from '../../shared/engine-rpc.ts';
import { FaptError } from '../../shared/errors.ts';
import type { PipePort } from '../../shared/pipe-port.ts';
import { wireTypes } from '../../shared/wire-types.ts';

type Rpc = ContractRouterClient<typeof engineContract>;

/** The engine's functions as seen from the parent. A raised signal stops at a step boundary. */
export type EngineClient = EngineFunctions & {
  /** Peak resident memory of the engine process. */
  memory(): Promise<{ maxRssBytes: number }>;
};

/**
 * The calls of the engine behind `port`. Every error is a FaptError: the engine's own, or `died()`
 * when its process is gone.
 */
export function createEngineClient(
  port: PipePort,
  died: () => Promise<FaptError | null>,
): EngineClient {
  const rpc: Rpc = createORPCClient(new RPCLink({ port, customJsonSerializers: wireTypes }));
  const typed = async (error: unknown) => (await died()) ?? fromWire(error);
  async function call<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      throw await typed(error);
    }
  }
  const stream = <Event extends { type: string }>(open: Open<Event>, signal: AbortSignal) =>
    follow(rpc, typed, open, signal);
  return {
    train: (job, signal) => stream((ticket) => rpc.train({ ticket, job }), signal),
    evaluate: (job, signal) => stream((ticket) => rpc.evaluate({ ticket, job }), signal),
    probe: (job, signal) => stream((ticket) => rpc.probe({ ticket, job }), signal),
    stability: (job, signal) => stream((ticket) => rpc.stability({ ticket, job }), signal),
    adversarialImages: (job, signal) =>
      stream((ticket) => rpc.adversarialImages({ ticket, job }), signal),
    trace: (job, signal) => stream((ticket) => rpc.trace({ ticket, job }), signal),
    noise: (job, signal) => stream((ticket) => rpc.noise({ ticket, job }), signal),
    attribute: (job) => call(rpc.attribute(job)),
    predict: (job) => call(rpc.predict(job)),
    inspectModel: (ref) => call(rpc.inspectModel(ref)),
    inspectWeights: (path) => call(rpc.inspectWeights({ path })),
    convertWeights: (job) => call(rpc.convertWeights(job)),
    importPrompts: (job) => call(rpc.importPrompts(job)),
    tokenizeText: (model, text) => call(rpc.tokenizeText({ model, text })),
    previewPrompts: (job) => call(rpc.previewPrompts(job)),
    inspectPrompts: (job) => call(rpc.inspectPrompts(job)),
    check: (job) => call(rpc.check(job)),
    bench: (job) => call(rpc.bench(job)),
    doctor: () => call(rpc.doctor()),
    environment: () => call(rpc.environment()),
    memory: () => call(rpc.memory()),
  };
}

type Failure = { type: 'failure'; code: string; message: string };
type Open<Event> = (ticket: string) => Promise<AsyncIterable<Event | Failure>>;

/** A stream's events until its last; a raised signal asks the engine to stop and reads on. */
async function* follow<Event extends { type: string }>(
  rpc: Rpc,
  typed: (error: unknown) => Promise<FaptError>,
  open: Open<Event>,
  signal: AbortSignal,
): AsyncGenerator<Event> {
  const ticket = randomUUID();
  // Where the engine is dead, the stream itself says so.
  const cancel = () => void rpc.cancel({ ticket }).catch(() => {});
  try {
    const events = await open(ticket);
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    for await (const event of events) {
      if (isFailure(event)) throw new FaptError(event.code, event.message);
      yield event;
    }
  } catch (error) {
    throw await typed(error);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function isFailure(event: { type: string }): event is Failure {
  return event.type === 'failure';
}

function fromWire(error: unknown): FaptError {
  if (error instanceof FaptError) return error;
  if (error instanceof ORPCError) {
    const data = error.data as { code?: string } | undefined;
    return new FaptError(data?.code ?? 'engine-protocol', error.message, {
      cause: error,
    });
  }
  return new FaptError('engine-protocol', `The engine's answer was not understood: ${error}`, {
    cause: error,
  });
}
