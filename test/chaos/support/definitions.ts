/** A step that calls the receiver under a path that names the run and the step. */
function call(id: string, method: 'PUT' | 'POST', url: string): object {
  return {
    id,
    type: 'http.request',
    config: { method, url: `${url}/{{ run.id }}/${id}`, body: { run: '{{ run.id }}' } },
  };
}

/** A workflow of `count` keyed calls, one after the other. */
export function puts(count: number, url: string): object {
  const steps = Array.from({ length: count }, (_, index) => call(`put${index + 1}`, 'PUT', url));
  return { name: `${count} keyed calls`, trigger_type: 'manual', steps };
}

/** A workflow of one unsafe call and a step that reads its output, which is the run's output. */
export function post(url: string): object {
  const after = { id: 'after', type: 'transform', config: { expression: 'steps.order.output' } };
  return { name: 'An unsafe call', trigger_type: 'manual', steps: [call('order', 'POST', url), after] };
}

/** A workflow of a keyed call, a mail and another keyed call. */
export function mail(url: string): object {
  const config = { to: 'ann@example.org', subject: 'Run {{ run.id }}', text: 'Hello' };
  const steps = [call('before', 'PUT', url), { id: 'mail', type: 'email.send', config }, call('behind', 'PUT', url)];
  return { name: 'A mail between two calls', trigger_type: 'manual', steps };
}
