// What the thread sanitizer has to overlook; linked into every program of preset tsan.
//
// Only libraries that are not instrumented stand here. A race of ours is mended, not listed.

// NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizer prescribes the name.
extern "C" const char* __tsan_default_suppressions() {
  // RocksDB orders its readers and writers by atomics, of which the sanitizer sees nothing, while
  // it does see the copies. Not called_from_lib: that would overlook RocksDB's locks as well, which
  // order what its threads do to objects of ours. The price: what RocksDB calls back is not judged.
  return "race:librocksdb.so\n";
}
