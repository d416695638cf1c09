import { ACCESS, type Access } from './access.decorators.js';

/** What a route declares, on its handler or else on its controller; undefined when it declares nothing. */
export function accessOf(handler: object, controller: object): Access | undefined {
  const own: unknown = Reflect.getMetadata(ACCESS, handler);
  return (own ?? Reflect.getMetadata(ACCESS, controller)) as Access | undefined;
}
