/** `2018-04-10T14:15:48+0000` */
export function offsetTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}+0000`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2018-04-10 16:15:48` on the clocks of an IANA zone. */
export function zonedTime(at: Date, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(zone, format);
  }
  return format.format(at);
}
