// Prompts and resources of several servers: who has which, and what becomes of a name that two of them have.
import { expect, test } from '@jest/globals';
import { createCatalogue } from '../../../../src/operations/kinds/mcp/catalogue.ts';
import { matchesTemplate } from '../../../../src/operations/kinds/mcp/match-template.ts';
import { toListing } from '../../../../src/operations/kinds/mcp/tools.ts';
import { upstreams } from '../../../../src/operations/kinds/mcp/upstream.ts';

function offer(name: string, content: object, more: object = {}) {
  const upstream = { ...upstreams.parse({ [name]: { command: 'true', ...more } })[name]!, name };
  return { upstream, listing: { ...toListing(name, []), ...content } };
}

const ann = offer('ann', {
  prompts: [{ name: 'greet', title: 'Greet' }, { name: 'own' }],
  resources: [{ uri: 'file:///readme', mimeType: 'text/plain' }, { uri: 'file:///ann' }],
  resourceTemplates: [{ uriTemplate: 'note://{id}' }],
});
const bob = offer('bob', {
  prompts: [{ name: 'greet' }],
  resources: [{ uri: 'file:///readme' }, { uri: 'file:///bob' }],
  resourceTemplates: [{ uriTemplate: 'file:///{path}' }],
});

test('names and addresses are kept, and those that two servers have get the name of their server', () => {
  const { prompts, resources, findPrompt, findResource } = createCatalogue([ann, bob]);
  expect(prompts).toEqual([
    { name: 'ann_greet', title: 'Greet' },
    { name: 'own' },
    { name: 'bob_greet' },
  ]);
  expect(resources.map(({ uri }) => uri)).toEqual([
    'longhaul://upstreams/ann/file:///readme',
    'file:///ann',
    'longhaul://upstreams/bob/file:///readme',
    'file:///bob',
  ]);
  expect(findPrompt('bob_greet')).toMatchObject({ upstream: 'bob', own: 'greet' });
  expect(findPrompt('greet')).toBeNull();
  expect(findResource('longhaul://upstreams/bob/file:///readme')).toEqual({
    upstream: 'bob',
    own: 'file:///readme',
  });
  expect(() => findResource('file:///readme')).toThrow(
    'several servers have file:///readme: read longhaul://upstreams/ann/file:///readme or longhaul://upstreams/bob/file:///readme',
  );
});

test('an address that is not listed goes where a template takes it, or to the only server that has any', () => {
  const both = createCatalogue([ann, bob]);
  expect(both.findResource('note://7')).toEqual({ upstream: 'ann', own: 'note://7' });
  expect(both.findResource('file:///else')).toEqual({ upstream: 'bob', own: 'file:///else' });
  expect(both.findResource('http://elsewhere')).toBeNull();
  expect(createCatalogue([ann]).findResource('http://elsewhere')).toMatchObject({
    upstream: 'ann',
  });
  expect(createCatalogue([]).findResource('http://elsewhere')).toBeNull();
  expect(both.findResource('longhaul://upstreams/nobody/file:///a')).toBeNull();
});

test('what a rule denies is neither listed nor read', () => {
  const rules = { resources: { deny: ['file:///a*'] }, prompts: { allow: ['o*'] }, prefix: 'x_' };
  const { listing } = ann;
  const { prompts, resources, findResource } = createCatalogue([
    { ...offer('ann', {}, rules), listing },
  ]);
  expect(prompts).toEqual([{ name: 'x_own' }]);
  expect(resources).toEqual([{ uri: 'file:///readme', mimeType: 'text/plain' }]);
  expect(findResource('file:///ann')).toBeNull();
  expect(findResource('longhaul://upstreams/ann/file:///ann')).toBeNull();
});

test.each([
  ['a://x/y', 'a://{b}/y', true],
  ['a://x/z', 'a://{b}/y', false],
  ['a://y', 'a://{b}', true],
  ['a:/', 'a:/{b}/', false],
  ['ab', 'a{x}b{y}', true],
  ['aba', 'ab{x}ba', false],
  ['a'.repeat(10_000), `${'{x}a'.repeat(200)}b`, false],
])('%s fits %s: %s', (uri, uriTemplate, fits) => {
  expect(matchesTemplate(uri, uriTemplate)).toBe(fits);
});
