import type { EffectClass } from '@app/contracts';
import { stepKind, stepTypes, type StepType } from '../step-kinds/registry.js';
import { stepTypeSchema } from './definition-schema.js';

/** What can be told of a step type to somebody who writes or generates definitions. */
export interface StepTypeView {
  type: StepType;
  description: string;
  /** What its effect can be, that of the first example first. */
  effects: EffectClass[];
  example: Record<string, unknown>;
  config_schema: Record<string, unknown>;
}

/** Every step type, in the order of the documentation. */
export function stepTypeViews(): StepTypeView[] {
  return stepTypes.map((type) => {
    const { description, examples } = stepKind(type);
    const example = { id: type.replaceAll('.', '-'), type, config: { ...examples[0] } };
    return { type, description, effects: effectsOf(type), example, config_schema: stepTypeSchema(type) };
  });
}

/** The classes of the examples, and of the first one with the options that change it. */
function effectsOf(type: StepType): EffectClass[] {
  const { examples, without, effect } = stepKind(type);
  const steps = examples.map((config) => ({ id: 'a', type, config }));
  const probed = { id: 'a', type, config: examples[0], probe: { request: {}, expression: 'true' } };
  const all = without.includes('probe') ? steps : [...steps, probed];
  return [...new Set(all.map(effect))];
}
