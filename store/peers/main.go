// Command peers puts records into the queues others built on a single disk (goqite, backlite, bbolt) and takes them out again, in step with
// whoever measures: an order a line on standard input, nanoseconds a line on standard output. It stands in a module of its own, so that
// nothing of it is ever linked into or listed with what is shipped.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// queue is one that keeps what it was given through a power cut.
type queue interface {
	// put returns when the record is durable.
	put(ctx context.Context, record []byte) error
	// life puts a record, takes one, and returns when that one is done with.
	life(ctx context.Context, record []byte) error
	// fill puts many at once.
	fill(ctx context.Context, record []byte, n int) error
	close() error
}

var queues = map[string]func(folder string) (queue, error){"goqite": openGoqite, "backlite": openBacklite, "bbolt": openBbolt}

func main() {
	if len(os.Args) != 3 || queues[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "peers goqite|backlite|bbolt FOLDER")
		os.Exit(2)
	}
	q, err := queues[os.Args[1]](os.Args[2])
	if err == nil {
		ctx, end := context.WithCancel(context.Background())
		err = follow(ctx, q, os.Stdin, os.Stdout)
		end()
		err = errors.Join(err, q.close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// record is as long as the rows of a case are.
var record = []byte(strings.Repeat("x", 4096))

func follow(ctx context.Context, q queue, orders io.Reader, answers io.Writer) error {
	lines := bufio.NewScanner(orders)
	for lines.Scan() {
		do, count, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(count)
		if err != nil {
			return fmt.Errorf("order %q: %w", lines.Text(), err)
		}
		begun := time.Now()
		if err := obey(ctx, q, do, n); err != nil {
			return fmt.Errorf("%s: %w", do, err)
		}
		if _, err := fmt.Fprintln(answers, time.Since(begun).Nanoseconds()); err != nil {
			return err
		}
	}
	return lines.Err()
}

func obey(ctx context.Context, q queue, do string, n int) error {
	if do == "fill" {
		return q.fill(ctx, record, n)
	}
	one := map[string]func(context.Context, []byte) error{"put": q.put, "life": q.life}[do]
	if one == nil {
		return errors.New("no such order")
	}
	for range n {
		if err := one(ctx, record); err != nil {
			return err
		}
	}
	return nil
}
