/** What is pinned of the upstreams, beside the configuration. */
export const PINS_FILE = 'longhaul.upstreams.json';
