// Drawings of the documentation, as SVG.

/** What a drawing is. */
export interface Drawing {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Its text for readers who do not see it. */
  readonly label: string;
  readonly title: string;
}

/** A drawing on white, under its title. */
export function toSvg(
  { width, height, label, title }: Drawing,
  elements: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11" role="img" aria-label="${label}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(16, 22, title, 'font-size="14" font-weight="600"'),
    ...elements,
    '</svg>',
    '',
  ].join('\n');
}

/** Words at a point; `more` has further attributes. */
export function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${content}</text>`;
}
