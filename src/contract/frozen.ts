// Data that does not change any more, such as a configuration once it is loaded.

/** A value with everything in it read-only. */
export type Frozen<Value> = Value extends object
  ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
  : Value;
