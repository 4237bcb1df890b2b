/** The value of a property of the object itself. Names that others chose, such as `constructor`, must not find inherited ones. */
export function ownValue<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
