// Scans of a phone that never gets a network: as a file for the organiser, or as codes for another phone at the door.

import { encodeQR } from "../../vendor/qr-0.7.0/index.js";
import { sealOf } from "./judge.js";

const MARK = "VHQ2:";
const SEAL = 24;
const PER_CODE = 5;
const FIELDS = ["scan_id", "seq", "text", "key", "direction", "method", "local", "device", "happened_at", "people", "undoes"];

const moment = (scan) => scan.happened_at ?? new Date(scan.wall).toISOString();

const plain = ({ wall: _wall, mono: _mono, boot: _boot, offset: _offset, held_until: _held, to: _to, ...scan }, at) => ({ ...scan, happened_at: at });

/** Gives the organiser a file to import. */
export function download(scans, offset, name) {
  const body = { sent_at: new Date().toISOString(), scans: scans.map((scan) => plain(scan, moment(scan))) };
  if (offset !== null) body.offset_ms = Math.round(offset);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(body)], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Codes that another phone at this door reads, a few scans each, sealed; times are put right here. */
export async function codesOf(scans, offset, salt) {
  const right = scans.map((scan) => {
    const at = new Date(Date.parse(moment(scan)) + (offset ?? 0)).toISOString();
    return FIELDS.map((name) => (name === "happened_at" ? at : scan[name] ?? null));
  });
  const codes = [];
  for (let start = 0; start < right.length; start += PER_CODE) {
    const body = JSON.stringify(right.slice(start, start + PER_CODE));
    codes.push(MARK + await sealOf(salt, body) + body);
  }
  return codes;
}

/** Draws a code; black on white, with its quiet margin. */
export function draw(text, canvas) {
  const rows = encodeQR(text, "raw", { ecc: "low", border: 4 });
  canvas.width = canvas.height = rows.length * 4;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#000";
  rows.forEach((row, y) => row.forEach((isDark, x) => { if (isDark) context.fillRect(x * 4, y * 4, 4, 4); }));
}

/**
 * The scans in a code of another phone at this door, or null when it is none: anybody can draw a code, and
 * nobody else can seal it. This phone's clock is off by `offset`.
 */
export async function scansIn(text, offset, salt) {
  if (!salt || !text.startsWith(MARK)) return null;
  const seal = text.slice(MARK.length, MARK.length + SEAL);
  const body = text.slice(MARK.length + SEAL);
  if (seal !== await sealOf(salt, body)) return null;
  try {
    return JSON.parse(body).map((values) => {
      const scan = Object.fromEntries(FIELDS.map((name, index) => [name, values[index]]).filter(([, value]) => value !== null));
      return { ...scan, happened_at: new Date(Date.parse(scan.happened_at) - (offset ?? 0)).toISOString() };
    });
  } catch {
    return null;
  }
}
