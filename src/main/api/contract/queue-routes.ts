import { getRun } from '../../store/runs.ts';
import type { AppHost } from '../app-host.ts';
import { api } from './implementer.ts';

export function queueRoutes({ app: { db }, queue }: AppHost) {
  return {
    list: api.queue.list.handler(() => queue.list()),
    enqueue: api.queue.enqueue.handler(({ input }) => queue.enqueueRun(getRun(db, input.run).id)),
    move: api.queue.move.handler(({ input }) => queue.move(input.job, input.before)),
    remove: api.queue.remove.handler(({ input }) => queue.remove(input.job)),
    runNext: api.queue.runNext.handler(({ input }) => queue.runNext(input.job)),
    start: api.queue.start.handler(() => queue.start()),
    pauseCurrent: api.queue.pauseCurrent.handler(() => queue.pauseCurrent()),
    resume: api.queue.resume.handler(({ input }) => queue.resume(input.job)),
    stopAndKeep: api.queue.stopAndKeep.handler(() => queue.stopAndKeep()),
    cancelCurrent: api.queue.cancelCurrent.handler(() => queue.cancelCurrent()),
  };
}
