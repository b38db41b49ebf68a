import type { ExplainInput, Explanation } from '../../shared/api/attribution.ts';
import type { AttributionReport } from '../../shared/api-results.ts';
import { writeAttributionFiles } from '../export/attribution-files.ts';
import type { App } from './app.ts';
import { explain } from './explain.ts';

/**
 * `explain` as the document that a command prints, and as files.
 * @param out folder for maps and pixels; null writes none
 */
export async function attributeRun(
  app: App,
  input: ExplainInput,
  out: string | null,
): Promise<AttributionReport> {
  const explanation = await explain(app, input);
  const report = reportOf(explanation);
  const { maps: image, grid, pixels } = explanation;
  const files = out ? await writeAttributionFiles(out, { image, grid, pixels }, report) : [];
  return { ...report, files };
}

function reportOf(found: Explanation): Omit<AttributionReport, 'files'> {
  const { image, target, adversary, tokens, classNames, drift, predicted } = found;
  const { imageL2, imageKl, imageSpearman, imageTopIou, textKl, textSpearman } = drift;
  return {
    run: found.run,
    id: image.name,
    label: classNames[image.label] as string,
    target: target.name,
    targetText: target.text,
    attack: adversary.attack,
    protocol: adversary.protocol,
    attackedRun: adversary.run,
    step: adversary.step,
    source: adversary.source,
    linf: adversary.linf,
    l2: adversary.l2,
    position: image.position,
    grid: found.grid,
    image: found.maps,
    tokens: tokens.map(({ text, learned, endsWord }) =>
      endsWord && !learned ? `${text}</w>` : text,
    ),
    text: {
      clean: tokens.map(({ clean }) => clean),
      adversarial: tokens.map(({ adversarial }) => adversarial),
    },
    words: found.words,
    classNames,
    logits: found.logits,
    margins: found.margins,
    predicted: {
      clean: classNames[predicted.clean] as string,
      adversarial: classNames[predicted.adversarial] as string,
    },
    drift: { imageL2, imageKl, imageSpearman, imageTopIou, textKl, textSpearman },
  };
}
