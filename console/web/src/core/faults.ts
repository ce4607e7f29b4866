/** Faults of a form: at which of the fields that a page shows each belongs (pure). */

/** What the server finds wrong with one field; `field` is a path: `relatives.0.phone`. */
export interface FieldFault {
  field: string;
  code: string;
  message: string;
  facts?: Readonly<Record<string, string>>;
}

/** The field of the page at which a fault is shown: itself, else the nearest around it, else the first within it. */
export function fieldFor(path: string, shown: Iterable<string>): string | null {
  const fields = [...shown];
  const steps = path.split('.');
  for (let length = steps.length; length > 0; length -= 1) {
    const around = steps.slice(0, length).join('.');
    if (fields.includes(around)) return around;
  }
  return fields.find((one) => one.startsWith(`${path}.`)) ?? null;
}

export interface Placed {
  /** The first fault of each field. */
  at: ReadonlyMap<string, FieldFault>;
  /** Those for which the page has no field. */
  rest: readonly FieldFault[];
}

/** Each fault at a field of the page; of several at one field the first is said. */
export function placed(faults: readonly FieldFault[], shown: Iterable<string>): Placed {
  const at = new Map<string, FieldFault>();
  const rest: FieldFault[] = [];
  const fields = [...shown];
  for (const fault of faults) {
    const field = fieldFor(fault.field, fields);
    if (field === null) rest.push(fault);
    else if (!at.has(field)) at.set(field, fault);
  }
  return { at, rest };
}
