import type { CommandRow } from "./row.ts"

const CHECKSUMS = [
  "md5sum",
  "sha1sum",
  "sha224sum",
  "sha256sum",
  "sha384sum",
  "sha512sum",
  "b2sum",
  "cksum",
  "sum",
  "shasum",
]

/** Commands that list, print and compare files. */
export const FILE_ROWS: readonly CommandRow[] = [
  {
    names: ["ls"],
    options:
      "-a -A -b -B -c -C -d -f -F -g -G -h -H -i -k -l -L -m -n -N -o -p -q -Q -r -R -s -S -t -u -U -v -x -X -Z -1 -w:number --all --almost-all --author --color?text --classify?text --directory --full-time --group-directories-first --human-readable --inode --si --size --recursive --reverse --sort:text --time:text --time-style:text --width:number --no-group --numeric-uid-gid --format:text --hide:text --ignore:text --indicator-style:text --file-type --hyperlink?text --dereference",
    operands: ["in"],
    here: true,
    free: [
      "ls",
      "ls -la",
      "ls -la src test",
      "ls *.ts",
      "ls --color=never src",
      "ls src/{a,b}",
      "timeout 5 ls",
    ],
    asks: ["ls /etc", "ls ~", "ls ../other", "ls --unknown", "ls $X", "ls -la /proj-old"],
  },
  {
    names: ["cat", "tac"],
    options:
      "-A -b -e -E -n -s -t -T -u -v --number --number-nonblank --show-all --show-ends --show-tabs --show-nonprinting --squeeze-blank",
    operands: ["in"],
    free: [
      "cat a.txt",
      "cat -n src/a.ts src/b.ts",
      "cat < a.txt",
      "cat ./src/../a.txt",
      "cat *.md",
      "cat <<'E'\n$(./x)\nE",
    ],
    asks: [
      "cat /etc/passwd",
      "cat ~/.ssh/id_rsa",
      "cat ../x",
      "cat $F",
      'cat "$F"',
      "cat < /etc/passwd",
      "cat <<E\n$(./x)\nE",
      "cat a > b",
    ],
  },
  {
    names: ["head", "tail"],
    options:
      "-n:number -c:number -q -v -z -f -F -# -r --lines:number --bytes:number --quiet --silent --verbose --follow?text --pid:number -s:number --retry --zero-terminated",
    operands: ["in"],
    free: ["head -20 a.txt", "head -n 5 a b", "tail -n +3 a.txt", "tail -f log.txt", "git log | head -n5"],
    asks: ["head /etc/passwd", "tail -n 5 ~/.bash_history", "head --x a"],
  },
  {
    names: ["wc"],
    options: "-c -m -l -L -w --bytes --chars --lines --max-line-length --words --total:text",
    operands: ["in"],
    free: ["wc -l a.txt", "wc -l src/*.ts", "ls | wc -l"],
    asks: ["wc --files0-from=list", "wc /etc/passwd"],
  },
  {
    names: [
      "zcat",
      "bzcat",
      "xzcat",
      "zstdcat",
      "gunzip -c",
      "gzip -dc",
      "gzip -cd",
      "gzip -l",
      "zipinfo",
      "unzip -l",
      "unzip -p",
    ],
    options: "-f -q -v",
    operands: ["in", "text"],
    power: true,
    free: [
      "zcat app.log.gz | head",
      "gunzip -c a.gz",
      "gzip -l a.gz",
      "unzip -l a.zip",
      "unzip -p a.zip a.txt",
    ],
    asks: [
      "zcat /var/log/x.gz",
      "gunzip a.gz",
      "gzip a",
      "unzip a.zip",
      "unzip -l a.zip -d x",
      "unzip -p /x.zip",
    ],
  },
  {
    // Only listing; a colon in the archive's name would be another host.
    names:
      "tf -tf tvf -tvf tzf -tzf tzvf -tzvf tjf -tjf tJf -tJf tjvf -tjvf tvzf -tvzf ztf -ztf ztvf -ztvf --list"
        .split(" ")
        .map((o) => `tar ${o}`),
    options: "-f:in --file:in",
    operands: ["in", "text"],
    power: true,
    check: (c) =>
      c.operands.every((o) => !o.text.includes(":")) && c.options.every((o) => !o.value?.text.includes(":")),
    free: ["tar tzf a.tgz", "tar -tvf a.tar | head", "tar tf a.tar src/a.ts", "tar --list -f a.tar"],
    asks: [
      "tar xf a.tar",
      "tar tf host:a.tar",
      "tar tf a.tar --to-command=./x",
      "tar -tf a.tar -I ./x",
      "tar tf a.tar --checkpoint-action=exec=./x",
      "tar tf /etc/x.tar",
      "tar cf a .",
    ],
  },
  {
    names: ["nl"],
    options: "-b:text -d:text -f:text -h:text -i:number -l:number -n:text -p -s:text -v:number -w:number",
    operands: ["in"],
    free: ["nl -ba a.txt"],
    asks: ["nl /etc/passwd"],
  },
  {
    names: ["od"],
    options:
      "-a -A:text -b -c -d -f -i -j:number -l -N:number -o -s -S:number -t:text -v -x -w?number --address-radix:text --format:text",
    operands: ["in"],
    free: ["od -c a.bin", "od -An -tx1 a"],
    asks: ["od -c /etc/shadow"],
  },
  {
    names: ["base64", "base32"],
    options: "-d -i -w:number --decode --ignore-garbage --wrap:number",
    operands: ["in"],
    most: 1,
    free: ["base64 a.bin", "base64 -d a.txt", "echo a | base64 -w0"],
    asks: ["base64 /etc/shadow", "base64 -i a -o b"],
  },
  {
    // A second file would be written.
    names: ["xxd"],
    options: "-a -b -c:number -e -E -g:number -i -l:number -p -s:number -u",
    operands: ["in"],
    most: 1,
    power: true,
    free: ["xxd a.bin", "xxd -l 64 a.bin"],
    asks: ["xxd a b", "xxd -r a", "xxd /etc/shadow", "xxd *"],
  },
  {
    names: ["hexdump", "hd"],
    options: "-b -c -C -d -n:number -o -s:number -v -x",
    operands: ["in"],
    free: ["hexdump -C a.bin"],
    asks: ["hexdump -f fmt a.bin", "hexdump -C /etc/shadow"],
  },
  {
    names: ["strings"],
    options: "-a -n:number -t:text -o -e:text -f -#",
    operands: ["in"],
    free: ["strings -n 8 a.bin"],
    asks: ["strings /bin/ls"],
  },
  {
    names: CHECKSUMS,
    options: "-a:text -b -t -z --binary --text --tag --zero",
    operands: ["in"],
    free: ["md5sum a.txt", "sha256sum a b"],
    asks: ["md5sum /etc/shadow", "sha256sum -c list"],
  },
  {
    names: ["stat"],
    options:
      "-c:text -f -L -t -x -n -s -F -l -r --format:text --printf:text --terse --dereference --file-system",
    operands: ["in"],
    free: ["stat a.txt", "stat -c '%s %n' a.txt"],
    asks: ["stat /etc/shadow"],
  },
  {
    names: ["file"],
    options:
      "-b -i -I -L -h -k -N -r -s -z -0 --brief --mime --mime-type --mime-encoding --dereference --no-dereference --keep-going",
    operands: ["in"],
    free: ["file a.bin", "file -b --mime-type a.bin"],
    asks: ["file -C -m magic", "file -m magic a", "file -f list", "file /etc/shadow"],
  },
  {
    names: ["du"],
    options:
      "-a -b -c -D -h -H -k -l -m -s -S -x -L -0 -d:number -t:text --all --apparent-size --bytes --total --human-readable --max-depth:number --summarize --exclude:text --one-file-system --si --threshold:text --time --inodes",
    operands: ["in"],
    here: true,
    free: ["du -sh .", "du -sh src test", "du -h --max-depth=1"],
    asks: ["du -sh /", "du --files0-from=x", "du -X list"],
  },
  {
    names: ["df"],
    options: "-a -h -H -i -k -l -m -P -T -t:text -x:text --human-readable --total --type:text --output?text",
    operands: ["text"],
    free: ["df -h", "df -h ."],
    asks: ["df --sync"],
  },
  {
    names: ["tree"],
    options:
      "-a -d -f -i -s -h -p -u -g -D -F -q -N -Q -C -n -r -t -c -U -v -J -X -L:number -P:text -I:text --dirsfirst --noreport --prune --charset:text --filelimit:number --gitignore --du --si --matchdirs --ignore-case --sort:text",
    operands: ["in"],
    here: true,
    power: true,
    free: ["tree", "tree -L 2 src", "tree -I 'node_modules|dist' -a"],
    asks: ["tree -o out", "tree -R -L 1", "tree --output out", "tree *", "tree -l"],
  },
  {
    names: ["diff", "cmp", "comm"],
    deep: { when: ["-r", "--recursive"] },
    options:
      "-a -b -B -c -d -e -E -i -l -n -N -p -q -r -s -t -T -u -w -y -Z -1 -2 -3 -C:number -U:number -W:number -x:text -I:text -L:text --brief --color?text --unified?number --context?number --ignore-all-space --ignore-blank-lines --ignore-case --ignore-space-change --label:text --minimal --new-file --recursive --report-identical-files --side-by-side --strip-trailing-cr --suppress-common-lines --text --width:number --exclude:text --verbose --silent --print-bytes --bytes:number --no-dereference --speed-large-files --total --check-order --nocheck-order",
    operands: ["in"],
    free: ["diff a.txt b.txt", "diff -ru src test", "cmp a b", "comm -12 a b", "diff <(sort a) <(sort b)"],
    asks: ["diff /etc/passwd a", "diff --to-file=/etc/passwd a", "diff <(./x) a", "diff -X list a b"],
  },
  {
    names: ["realpath", "readlink"],
    options:
      "-e -f -m -n -q -s -z -P -L --canonicalize --no-newline --quiet --relative-to:in --relative-base:in --strip --zero --canonicalize-existing --canonicalize-missing",
    operands: ["in"],
    free: ["realpath src", "readlink -f a"],
    asks: ["readlink -f /etc/alternatives"],
  },
  {
    names: ["basename", "dirname"],
    options: "-a -s:text -z --multiple --suffix:text --zero",
    anyText: true,
    operands: ["text"],
    free: ["basename src/a.ts .ts", "dirname src/a.ts", 'basename "$(pwd)"'],
    asks: ["basename $X", 'basename "$X"'],
  },
  {
    names: ["pwd"],
    options: "-L -P",
    free: ["pwd", "pwd -P"],
    asks: ["pwd > a"],
  },
]
