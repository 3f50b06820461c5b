import { describe, expect, test } from '@jest/globals';
import { renderText } from '../../../../src/operations/kinds/template/render.ts';
import { parseTemplate } from '../../../../src/operations/kinds/template/template.ts';
import type { Json } from '../../../../src/contract/json.ts';

const secrets = new Map([
  ['env:TOKEN', 't0ken'],
  ['file:keys/api', 'k3y'],
]);
const render = (source: string, fields: Json = {}) =>
  renderText(parseTemplate(source), { fields, secrets });

describe('a template', () => {
  test.each<[string, Json, string | undefined]>([
    ['plain', {}, 'plain'],
    ['', {}, ''],
    ['{a}', { a: 'x' }, 'x'],
    ['{a}-{b}', { a: 1, b: true }, '1-true'],
    ['{a.b.c}', { a: { b: { c: 'deep' } } }, 'deep'],
    ['{list.1}', { list: ['x', 'y'] }, 'y'],
    ['{a}', { a: '{b}', b: 'never' }, '{b}'],
    ['{a}', {}, undefined],
    ['{a}', { a: null }, undefined],
    ['{constructor}', {}, undefined],
    ['{list.length}', { list: [1] }, undefined],
    ['{{a}}', { a: 1 }, '{a}'],
    ['{{{a}}}', { a: 1 }, '{1}'],
    ['Bearer ${env:TOKEN}', {}, 'Bearer t0ken'],
    ['${file:keys/api}:{a}', { a: 'x' }, 'k3y:x'],
    ['costs $5, ${{x}}', {}, 'costs $5, ${x}'],
    ['$', {}, '$'],
  ])('%j with %j is %j', (source, fields, text) => {
    expect(render(source, fields)).toBe(text);
  });

  test.each([
    ['{'],
    ['}'],
    ['{}'],
    ['{ a }'],
    ['{a'],
    ['a}'],
    ['{a..b}'],
    ['${TOKEN}'],
    ['${env:}'],
    ['{{a}'],
  ])('%j is refused with what can be written', (source) => {
    expect(() => parseTemplate(source)).toThrow(TypeError);
    expect(() => parseTemplate(source)).toThrow('is no placeholder: write {field}');
  });

  test('refuses an object where text is needed', () => {
    expect(() => render('{a.b}', { a: { b: [] } })).toThrow(
      expect.objectContaining({
        code: 'INVALID_PARAMETERS',
        message: expect.stringContaining('/a/b: '),
      }),
    );
  });
});
