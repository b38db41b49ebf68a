import { computed } from 'vue';
import { type MethodOption, optionsOf } from '../../shared/method-options.ts';
import type { MethodName, RunConfig } from '../../shared/run-config.ts';
import { type SettingPath, type SettingValue, settingAt } from '../../shared/setting-paths.ts';
import { sectionsOf } from './depths.ts';
import { evaluationProblems, toEvaluations } from './evaluation-draft.ts';
import { differences, problems, withMethod, withSetting } from './run-form.ts';
import { useDraft } from './use-draft.ts';

/** The training form: its fields in sections, what is wrong, and what differs from the preset. */
export function useTrainForm() {
  const draft = useDraft();
  const config = computed(() => draft.value.config);

  const sections = computed(() => sectionsOf(optionsOf(config.value.method), draft.value.depth));
  const issues = computed(() => problems(config.value));
  const changed = computed(() => differences(config.value));
  const evaluations = computed(() => {
    try {
      return toEvaluations(draft.value.evaluation, config.value);
    } catch {
      // A field of the attack is empty or out of range: its own message says so.
      return null;
    }
  });
  /** The fields that keep the run from starting; those of the attack are one. */
  const faults = computed(() => ({
    options: optionsOf(config.value.method).filter(({ path }) => issues.value.has(path)),
    evaluation: evaluationProblems(draft.value.evaluation, config.value).size > 0,
  }));
  const canStart = computed(() => issues.value.size === 0 && evaluations.value !== null);

  function set(path: SettingPath, value: SettingValue | null): void {
    draft.value = { ...draft.value, config: withSetting(config.value, path, value) };
  }
  function setMethod(method: MethodName): void {
    draft.value = { ...draft.value, config: withMethod(config.value, method) };
  }
  function setConfig(next: RunConfig): void {
    draft.value = { ...draft.value, config: next };
  }
  function settingOf(option: MethodOption): SettingValue | null {
    return settingAt(config.value, option.path);
  }
  function toPreset(): void {
    setMethod(config.value.method);
  }

  return {
    draft,
    config,
    sections,
    issues,
    changed,
    evaluations,
    faults,
    canStart,
    set,
    setMethod,
    setConfig,
    settingOf,
    toPreset,
  };
}
