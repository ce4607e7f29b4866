/** A picture of the camera made small: at most 1,280 pixels a side and 380 KiB, drawn anew, so that nothing of the file stays (I/O). */

const MOST_PIXELS = 1280;
const MOST_BYTES = 380 * 1024;
const QUALITIES = [0.82, 0.7, 0.55, 0.4];

/** The picture as a small JPEG; null where the browser cannot read it, or it stays too large. */
export async function smallPicture(file: Blob): Promise<Blob | null> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return null;
  }
  const scale = Math.min(1, MOST_PIXELS / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  for (const quality of QUALITIES) {
    const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (small !== null && small.size <= MOST_BYTES) return small;
  }
  return null;
}
