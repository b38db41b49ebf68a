import { addView, listViews, removeView, updateView } from '../../store/saved-views.ts';
import type { AppHost } from '../app-host.ts';
import { api } from './implementer.ts';

export function savedViewRoutes({ app: { db }, changes }: AppHost) {
  const changed = <T>(result: T): T => {
    changes.touch('views');
    return result;
  };
  return {
    list: api.savedViews.list.handler(() => listViews(db)),
    add: api.savedViews.add.handler(({ input }) => changed(addView(db, input.name, input.query))),
    update: api.savedViews.update.handler(({ input: { id, ...changesAsked } }) =>
      changed(updateView(db, id, changesAsked)),
    ),
    remove: api.savedViews.remove.handler(({ input }) => changed(removeView(db, input.id))),
  };
}
