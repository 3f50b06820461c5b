// placeholder while wiring
export function demo(_context: unknown): Promise<0> {
  return Promise.resolve(0);
}
