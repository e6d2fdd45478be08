// Reads one QR code from pixels. WebAssembly first; where it is refused (old phones, a strict policy), plain JavaScript.

const OPTIONS = { formats: ["QRCode"], maxNumberOfSymbols: 1 };

async function openWasm({ decoder, wasm }) {
  const zxing = await import(decoder);
  // Without locateFile the library would fetch its engine from another host.
  await zxing.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const decode = async (pixels) => (await zxing.readBarcodes(pixels, OPTIONS))[0]?.text || null;
  return Object.assign(decode, { engine: "zxing" });
}

async function openPlain({ fallback }) {
  const { decodeQR } = await import(fallback);
  const decode = async (pixels) => {
    try {
      return decodeQR(pixels);
    } catch {
      return null; // it throws when there is no code in the picture
    }
  };
  return Object.assign(decode, { engine: "qr" });
}

/**
 * Returns an async function from ImageData to the text found, or null; its `engine` says which decoder it is.
 * @param {{decoder: string, wasm: string, fallback: string}} addresses where the vendored files are
 */
export async function openDecoder(addresses) {
  try {
    return await openWasm(addresses);
  } catch {
    return openPlain(addresses);
  }
}
