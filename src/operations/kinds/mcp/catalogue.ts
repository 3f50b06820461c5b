// What upstreams have beside tools, for clients: names and addresses are kept wherever no other upstream has them. C1: what a rule denies
// is neither listed nor read. C2: one address leads to one upstream, or is refused.
import { OperationError } from '../../../contract/errors.ts';
import type { JsonObject } from '../../../contract/json.ts';
import { CONTENT, type Content } from './content.ts';
import { matchesTemplate } from './match-template.ts';
import type { Offer } from './source.ts';
import { isAllowed, type Upstream } from './upstream.ts';

/** Where an upstream has something, in its own words. */
export interface Place {
  readonly upstream: string;
  /** The name of the prompt, or the address of the resource, or the template. */
  readonly own: string;
}

/** What clients are shown, and where each of it is; `null` for what nobody has. */
export interface Catalogue extends Content {
  readonly findPrompt: (name: string) => Place | null;
  /** @throws {OperationError} `INVALID_PARAMETERS` for an address that several upstreams have */
  readonly findResource: (uri: string) => Place | null;
  readonly findTemplate: (uriTemplate: string) => Place | null;
}

/** Before the address of a resource that several upstreams list. */
const PREFIX = 'longhaul://upstreams/';

interface Entry extends Place {
  /** As clients know it. */
  readonly shown: string;
  readonly listed: JsonObject;
}

export function createCatalogue(offers: readonly Offer[]): Catalogue {
  const prompts = toEntries(
    offers,
    'prompts',
    ({ name, prefix }, own, clashes) => `${prefix ?? (clashes ? `${name}_` : '')}${own}`,
  );
  const toAddress = ({ name }: Upstream, own: string, clashes: boolean) =>
    clashes ? `${PREFIX}${name}/${own}` : own;
  const resources = toEntries(offers, 'resources', toAddress);
  const templates = toEntries(offers, 'resourceTemplates', toAddress);

  const find = (uri: string): Place | null => {
    if (uri.startsWith(PREFIX)) {
      const [upstream = '', ...rest] = uri.slice(PREFIX.length).split('/');
      return { upstream, own: rest.join('/') };
    }
    const listed = toNames(resources.filter(({ own }) => own === uri));
    const fitting = toNames(templates.filter(({ own }) => matchesTemplate(uri, own)));
    const [upstream, ...others] = listed.length > 0 ? listed : fitting;
    if (others.length > 0) {
      const ways = [upstream, ...others].map((name) => `${PREFIX}${name ?? ''}/${uri}`);
      const message = `several servers have ${uri}: read ${ways.join(' or ')}`;
      throw new OperationError('INVALID_PARAMETERS', message);
    }
    if (upstream !== undefined) return { upstream, own: uri };
    // Nobody lists it: where one server alone has resources, it says itself what becomes of that.
    const [only, another] = toNames([...resources, ...templates]);
    return only === undefined || another !== undefined ? null : { upstream: only, own: uri };
  };
  return {
    prompts: prompts.map(({ listed }) => listed),
    resources: resources.map(({ listed }) => listed),
    resourceTemplates: templates.map(({ listed }) => listed),
    findPrompt: (name) => prompts.find(({ shown }) => shown === name) ?? null,
    findTemplate: (uriTemplate) => templates.find(({ shown }) => shown === uriTemplate) ?? null,
    findResource: (uri) => {
      const place = find(uri);
      const upstream = offers.find((offer) => offer.upstream.name === place?.upstream)?.upstream;
      return place && upstream && isAllowed(upstream.resources, place.own) ? place : null;
    },
  };
}

function toNames(entries: readonly Entry[]): readonly string[] {
  return [...new Set(entries.map(({ upstream }) => upstream))];
}

function toEntries(
  offers: readonly Offer[],
  list: keyof Content,
  toShown: (upstream: Upstream, own: string, clashes: boolean) => string,
): readonly Entry[] {
  const key = CONTENT[list];
  const all = offers.flatMap(({ upstream, listing }) =>
    listing[list].flatMap((listed) => {
      const own = listed[key];
      const rules = list === 'prompts' ? upstream.prompts : upstream.resources;
      return typeof own === 'string' && isAllowed(rules, own) ? [{ upstream, own, listed }] : [];
    }),
  );
  const counts = new Map<string, number>();
  for (const { own } of all) counts.set(own, (counts.get(own) ?? 0) + 1);
  return all.map(({ upstream, own, listed }) => {
    const shown = toShown(upstream, own, (counts.get(own) ?? 0) > 1);
    return { upstream: upstream.name, own, shown, listed: { ...listed, [key]: shown } };
  });
}
