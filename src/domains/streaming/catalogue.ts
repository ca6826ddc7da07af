/** Films to start with, old ones in the public domain and one invented, and how videos get into Postgres. */
import type { PrismaClient, Video } from '../../generated/prisma/client.ts';

/** Inserts the videos, or brings those that exist up to date, in one statement per thousand. */
export async function upsertVideos(prisma: PrismaClient, videos: readonly Video[]): Promise<void> {
  for (let from = 0; from < videos.length; from += 1_000) {
    const rows = JSON.stringify(videos.slice(from, from + 1_000));
    await prisma.$executeRaw`
      INSERT INTO video (id, title, year, genres)
      SELECT id, title, year, genres
        FROM jsonb_to_recordset(${rows}::jsonb) AS video (id text, title text, year int, genres text[])
       ORDER BY id
      ON CONFLICT (id) DO UPDATE
         SET title = EXCLUDED.title, year = EXCLUDED.year, genres = EXCLUDED.genres`;
  }
}

const film = (id: string, title: string, year: number, ...genres: string[]): Video => ({
  id,
  title,
  year,
  genres,
});

export const builtInCatalogue: readonly Video[] = [
  film('a-trip-to-the-moon', 'A Trip to the Moon', 1902, 'Adventure', 'Fantasy', 'Sci-Fi'),
  film('the-great-train-robbery', 'The Great Train Robbery', 1903, 'Action', 'Western'),
  film('the-cabinet-of-dr-caligari', 'The Cabinet of Dr. Caligari', 1920, 'Horror', 'Mystery'),
  film('the-mark-of-zorro', 'The Mark of Zorro', 1920, 'Action', 'Adventure', 'Romance'),
  film('the-kid', 'The Kid', 1921, 'Comedy', 'Drama'),
  film('the-sheik', 'The Sheik', 1921, 'Adventure', 'Romance'),
  film('haxan', 'Häxan', 1922, 'Documentary', 'Horror'),
  film('nanook-of-the-north', 'Nanook of the North', 1922, 'Documentary'),
  film('nosferatu', 'Nosferatu', 1922, 'Fantasy', 'Horror'),
  film('our-hospitality', 'Our Hospitality', 1923, 'Comedy', 'Romance'),
  film('safety-last', 'Safety Last!', 1923, 'Action', 'Comedy'),
  film('the-hunchback-of-notre-dame', 'The Hunchback of Notre Dame', 1923, 'Drama', 'Horror', 'Romance'),
  film('sherlock-jr', 'Sherlock Jr.', 1924, 'Comedy', 'Fantasy'),
  film('the-last-laugh', 'The Last Laugh', 1924, 'Drama'),
  film('the-thief-of-bagdad', 'The Thief of Bagdad', 1924, 'Adventure', 'Fantasy', 'Romance'),
  film('battleship-potemkin', 'Battleship Potemkin', 1925, 'Drama', 'War'),
  film('the-gold-rush', 'The Gold Rush', 1925, 'Adventure', 'Comedy'),
  film('the-lost-world', 'The Lost World', 1925, 'Adventure', 'Sci-Fi'),
  film('the-phantom-of-the-opera', 'The Phantom of the Opera', 1925, 'Horror', 'Romance'),
  film('faust', 'Faust', 1926, 'Drama', 'Fantasy', 'Horror'),
  film('the-adventures-of-prince-achmed', 'The Adventures of Prince Achmed', 1926, 'Animation', 'Fantasy'),
  film('the-black-pirate', 'The Black Pirate', 1926, 'Action', 'Adventure'),
  film('the-general', 'The General', 1926, 'Action', 'Comedy', 'War'),
  film('metropolis', 'Metropolis', 1927, 'Drama', 'Sci-Fi'),
  film('napoleon', 'Napoléon', 1927, 'Drama', 'War'),
  film('sunrise', 'Sunrise', 1927, 'Drama', 'Romance'),
  film('the-lodger', 'The Lodger', 1927, 'Crime', 'Mystery', 'Thriller'),
  film('underworld', 'Underworld', 1927, 'Crime', 'Drama'),
  film('wings', 'Wings', 1927, 'Action', 'Romance', 'War'),
  film('spies', 'Spies', 1928, 'Crime', 'Thriller'),
  film('steamboat-bill-jr', 'Steamboat Bill, Jr.', 1928, 'Comedy', 'Romance'),
  film('steamboat-willie', 'Steamboat Willie', 1928, 'Animation', 'Comedy', 'Musical'),
  film('the-passion-of-joan-of-arc', 'The Passion of Joan of Arc', 1928, 'Drama'),
  film('the-man-with-a-movie-camera', 'The Man with a Movie Camera', 1929, 'Documentary'),
  film('woman-in-the-moon', 'Woman in the Moon', 1929, 'Romance', 'Sci-Fi'),
  film('detour', 'Detour', 1945, 'Crime', 'Film-Noir'),
  film('the-city-of-glass', 'The City of Glass', 1946, 'Drama', 'Musical', 'Sci-Fi'),
  film('the-stranger', 'The Stranger', 1946, 'Crime', 'Film-Noir', 'Thriller'),
  film('charade', 'Charade', 1963, 'Comedy', 'Mystery', 'Romance'),
  film('night-of-the-living-dead', 'Night of the Living Dead', 1968, 'Horror', 'Thriller'),
];
