// The camera at the door, and pixels for the decoder.

/** The camera: start, stop, choose, light. */
export class Camera {
  constructor(video) {
    this.video = video;
  }

  async start(deviceId) {
    this.stop();
    if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("no camera here", "InsecureError");
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    const wanted = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...size, ...wanted } });
    this.video.srcObject = this.stream;
    await this.video.play(); // WeChat on iPhones shows nothing without it
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  light(on) {
    return this.track.applyConstraints({ advanced: [{ torch: on }] });
  }

  async others() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput");
  }
}

/** Draws an image no wider than asked and returns its pixels. */
export function pixelsOf(source, width, height, mostWidth, canvas) {
  const scale = Math.min(1, mostWidth / width);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** Opens a photo that somebody took or chose. */
export function loadImage(file) {
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => { URL.revokeObjectURL(image.src); done(image); };
    image.onerror = failed;
    image.src = URL.createObjectURL(file);
  });
}
