/* A photo as the server wants it: at most 1600 px on the long side, JPEG, upright, without where it was taken. */
const LONGEST = 1600;
const ENOUGH = 1200; // pixels at which a label can still be read

/** A shown photo a quarter turn to the right, as a JPEG. */
export async function turned(image) {
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalHeight, image.naturalWidth];
  const pen = canvas.getContext("2d");
  pen.translate(canvas.width, 0);
  pen.rotate(Math.PI / 2);
  pen.drawImage(image, 0, 0);
  return new Promise((give) => canvas.toBlob(give, "image/jpeg", 0.92));
}

/** The photo for a line that breaks: about a third of the bytes (ADR 16). */
export const smaller = (photo) => shrink(photo, ENOUGH, 0.72);

/** A smaller JPEG of a picked picture; the file itself where the browser cannot read it (the server can). */
export async function shrink(file, longest = LONGEST, quality = 0.85) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await new Promise((give) => canvas.toBlob(give, "image/jpeg", quality));
    return small ?? file;
  } catch {
    return file;
  }
}
