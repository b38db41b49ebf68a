import { describe, expect, it } from 'vitest';
import { reactive } from 'vue';
import { issuePhrase } from '../../../src/renderer/train/issue-phrase.ts';
import {
  differences,
  problems,
  withMethod,
  withSetting,
} from '../../../src/renderer/train/run-form.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import { messagesOf } from '../locales/message-files.ts';

const config = defaultConfig({
  method: 'cba-fapt',
  dataset: 'demo-mammals',
  model: 'demo-clip',
  shots: 16,
  seed: 1,
});

describe('the form of a run', () => {
  it('a preset differs from itself in nothing', () => {
    expect(differences(config)).toEqual([]);
    expect(problems(config).size).toBe(0);
  });

  it('one changed setting is one difference, and the config before is untouched', () => {
    const changed = withSetting(config, 'loss.beta', 0.5);
    expect(differences(changed).map(({ option, yours }) => [option.path, yours])).toEqual([
      ['loss.beta', 0.5],
    ]);
    expect(differences(config)).toEqual([]);
  });

  it('a config that Vue watches can be changed too', () => {
    const watched = reactive(structuredClone(config));
    expect(withSetting(watched, 'attack.steps', 7)).toMatchObject({ attack: { steps: 7 } });
  });

  it("another method keeps the run's identity and takes its own defaults", () => {
    const other = withMethod(withSetting(config, 'loss.beta', 0.5), 'fap');
    expect(other).toMatchObject({ method: 'fap', dataset: 'demo-mammals', shots: 16, seed: 1 });
    expect(differences(other)).toEqual([]);
  });

  it('an emptied or impossible field is a problem with a text of its own', () => {
    const english = messagesOf('en');
    const bad = withSetting(withSetting(config, 'shots', 0), 'loss.alpha', null);
    const found = problems(withSetting(bad, 'dataset', ''));
    expect([...found.keys()].sort()).toEqual(['dataset', 'loss.alpha', 'shots']);
    for (const issue of found.values()) {
      expect(english.has(`train.issues.${issuePhrase(issue).key}`)).toBe(true);
    }
    expect([...found.values()].map((issue) => issuePhrase(issue).key)).not.toContain('refused');
  });

  it('a limit of a size is said in the steps that the size is edited in', () => {
    const [issue] = problems(withSetting(config, 'attack.epsilon', 2)).values();
    if (!issue) throw new Error('2 is no size.');
    expect(issuePhrase(issue, true)).toEqual({ key: 'atMost', values: { limit: 255 } });
    expect(issuePhrase(issue)).toEqual({ key: 'atMost', values: { limit: 1 } });
  });
});
