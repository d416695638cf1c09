/** A definition that is valid and does next to nothing. */
export function definition(changes: object = {}): object {
  return {
    name: 'Greeting',
    trigger_type: 'manual',
    steps: [{ id: 'greet', type: 'transform', name: 'Say hello', config: { expression: "'hello ' & input.name" } }],
    ...changes,
  };
}

/** One that a schedule starts. */
export function cronDefinition(trigger: object = {}): object {
  return definition({
    trigger_type: 'cron',
    config: { trigger: { cron: '0 6 * * *', timezone: 'Europe/Berlin', ...trigger } },
  });
}

/** One that webhooks start. */
export function webhookDefinition(trigger: object = {}): object {
  return definition({ trigger_type: 'webhook', config: { trigger } });
}
